"""Files that hold others: taken apart and put together again with right checksums, so that a reader gets to the inside."""
import gzip
import io
import zipfile
from typing import Callable, Dict, NamedTuple

from .mutations import zipped


class Container(NamedTuple):
    """``unpack`` gives the parts by name, ``pack`` makes the file of them."""
    unpack: Callable[[bytes], Dict[str, bytes]]
    pack: Callable[[Dict[str, bytes]], bytes]


def _unzip(data: bytes) -> Dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _metadata(data: bytes) -> Dict[str, bytes]:
    import onnx
    model = onnx.load_from_string(data)
    found = {prop.key: prop.value.encode() for prop in model.metadata_props}
    del model.metadata_props[:]
    return {'model': model.SerializeToString(), **found}


def _with_metadata(parts: Dict[str, bytes]) -> bytes:
    import onnx
    try:
        model = onnx.load_from_string(parts['model'])
    except Exception:  # the model itself was mutated, and is no model any more
        return parts['model']
    props = {key: value.decode('utf-8', 'replace') for key, value in parts.items() if key != 'model'}
    onnx.helper.set_model_props(model, props)
    return model.SerializeToString()


ZIP = Container(_unzip, zipped)
GZIP = Container(lambda data: {'': gzip.decompress(data)}, lambda parts: gzip.compress(parts[''], 1))
ONNX = Container(_metadata, _with_metadata)
