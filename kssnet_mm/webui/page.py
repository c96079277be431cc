"""The page itself: gradio's parts, and which step each of them runs. It needs the extra ``webui``."""
import os
from functools import partial
from typing import List, Optional, Tuple

# Before gradio is imported, which reads them then: it tells nobody that it runs.
os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'
os.environ['HF_HUB_DISABLE_TELEMETRY'] = '1'

import gradio as gr  # noqa: E402

from kssnet_mm.apis.decision import Rule  # noqa: E402

from .explorer import Explorer  # noqa: E402
from .files import forget, label_folder, write_downloads  # noqa: E402
from .fragments import (found_text, label_html, labels_html, message_html, network_html,  # noqa: E402
                        pictures_html, read_text, sentence, what_if_html)
from .visit import MOST_ROWS, Visit, decide, move_all, move_one, select  # noqa: E402

MEANINGS = dict(lam='lam: weight of statistics against knowledge', tau='tau: edges below this are left out',
                eta='eta: weight of the neighbours against the label itself')
NOTHING = 'Drop a file and click a label. Its map and its neighbours appear here.'
# Steps that write one visitor's state run one after another, so that none overwrites what another has just written.
STATE = dict(concurrency_id='state', concurrency_limit=1, api_visibility='private', trigger_mode='multiple')
SLOW = dict(concurrency_id='model', concurrency_limit=1, api_visibility='private')


class Page:
    """The steps of the page; each takes a visitor's state and gives what the page shows.

    Args:
        explorer: The model.
    """

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.rule: Rule = explorer.inferencer.rule

    def upload(self, visit: Visit, path: Optional[str], every: bool) -> tuple:
        """A new input, or none: (state, message, what was seen, labels, graph)."""
        forget(visit)
        visit, text, wrong = Visit(), 'Drop a file to begin.', False
        if path:
            try:
                visit = self.explorer.predict(path)
                text = found_text(visit)
            except ValueError as error:
                text, wrong = str(error), True
        seen = pictures_html([os.path.join(visit.folder, 'seen.png')], 'What was read.') if visit.path else ''
        return visit, message_html(text, wrong), seen, *self.lists(visit, every)

    def lists(self, visit: Visit, every: bool) -> Tuple[str, str]:
        """(the list of labels, the graph)."""
        return labels_html(visit, every), self.graph(visit)

    def graph(self, visit: Visit) -> str:
        """The graph, or why there is none."""
        drawing, found = self.explorer.drawing, visit.prediction
        if drawing is None:
            return message_html(sentence(self.explorer.no_graph))
        return network_html(drawing, visit.selected, found.labels if found else ())

    def _changed(self, visit: Visit, every: bool) -> tuple:
        text = found_text(visit) if visit.prediction else 'Drop a file to begin.'
        return visit, message_html(text), '', *self.lists(visit, every)

    def move_all(self, visit: Visit, threshold: float, every: bool) -> tuple:
        """One threshold for all: (state, message, no what-if, which had the thresholds before, labels, graph)."""
        return self._changed(move_all(visit, threshold), every)

    def reset(self, visit: Visit, every: bool) -> tuple:
        """The model's own thresholds: as :meth:`move_all`."""
        return self._changed(decide(visit, self.rule), every)

    def move_one(self, visit: Visit, every: bool, event: gr.EventData) -> tuple:
        """One label's threshold: as :meth:`move_all`."""
        try:
            visit = move_one(visit, event.position, event.threshold)
        except (ValueError, AttributeError) as error:
            return visit, message_html(sentence(str(error)), True), '', *self.lists(visit, every)
        return self._changed(visit, every)

    def select(self, visit: Visit, every: bool, event: gr.EventData) -> tuple:
        """A click on a label: (state, labels, graph)."""
        try:
            visit = select(visit, event.position)
        except (ValueError, AttributeError):  # the graph can be clicked before there is an input
            pass
        return visit, *self.lists(visit, every)

    def explain(self, visit: Visit) -> Tuple[str, str, str]:
        """The selected label: (text, its maps, the maps of the connections)."""
        if visit.prediction is None:
            return '', message_html(NOTHING), message_html(NOTHING)
        try:
            found = self.explorer.explain(visit)
        except ValueError as error:
            return '', message_html(sentence(str(error)), True), ''
        label, folder = found['labels'][0]['label'], label_folder(visit)
        kinds = {kind: [os.path.join(folder, name) for name in found['pictures'] if name.startswith(kind)]
                 for kind in ('map_', 'connection_')}
        maps = pictures_html(kinds['map_'],
                             f'Where the logit of {label} comes from: red speaks for it, blue against it.')
        connections = pictures_html(kinds['connection_'], 'Where this connection found what is related to '
                                    f'{label}: red is related, blue is opposed.')
        return label_html(found), maps, connections or message_html('The model has no lateral connections to show.')

    def what_if(self, visit: Visit, dropped: List[str], *values: float) -> str:
        """What another graph would change."""
        if visit.prediction is None:
            return message_html('Drop a file first.', True)
        edges = self.explorer.edges
        try:
            drop = [edges[i] for i in dropped or ()]
            return what_if_html(self.explorer.what_if(visit, dict(zip(self.explorer.settings, values)), drop))
        except ValueError as error:
            return message_html(sentence(str(error)), True)

    @staticmethod
    def downloads(visit: Visit) -> tuple:
        """The files of the two buttons."""
        try:
            paths = write_downloads(visit) if visit.prediction else (None, None)
        except FileNotFoundError:  # the next file came meanwhile, and this one's folder is gone
            paths = (None, None)
        return tuple(gr.update(value=path, interactive=path is not None) for path in paths)


def build(explorer: Explorer, title: str, most_mb: int = 200) -> gr.Blocks:
    """The page.

    Args:
        explorer: The model.
        title: Its name.
        most_mb: The largest file, in megabytes, which is said beside the place for it.
    """
    page = Page(explorer)
    kind = 'video' if explorer.inferencer.is_video else 'image'
    same = page.rule.thresholds is not None and len(set(page.rule.thresholds.tolist())) == 1
    piece = partial(gr.HTML, apply_default_css=False, js_on_load=read_text('page.js'))
    with gr.Blocks(title=f'Labels of {title}', analytics_enabled=False, delete_cache=(3600, 24 * 3600)) as blocks:
        state = gr.State(Visit(), delete_callback=forget)
        gr.Markdown(f'# Which labels, and why\nThe model **{_escaped(title)}** finds labels in {kind}s. Nothing '
                    'leaves the machine that runs this page.')
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                file = gr.File(label=f'One {kind}, at most {most_mb} MB', height=150, elem_id='kss-file')
                message = piece(message_html('Drop a file to begin.'), elem_id='kss-message')
                seen = piece(elem_id='kss-seen')
            with gr.Column(scale=3, min_width=300):
                gr.Markdown('## Labels\nA bar is the probability of a label. The mark is its threshold: drag it, or '
                            'move it with the arrow keys. Click a label to see why.')
                labels = piece(labels_html(Visit()), elem_id='kss-labels')
                every = gr.Checkbox(label='Show all labels', visible=len(explorer.inferencer.classes) > MOST_ROWS)
                with gr.Row():
                    common = round(float(page.rule.thresholds[0]), 4) if same else 0.5
                    threshold = gr.Slider(0, 1, common, step=0.01,
                                          label='One threshold for all labels', min_width=200, scale=2,
                                          elem_id='kss-threshold')
                    reset = gr.Button("The model's thresholds", scale=1, min_width=220, size='md', elem_id='kss-reset')
        gr.Markdown('## Why this label', elem_id='kss-why-title')
        with gr.Row():
            with gr.Column(scale=3, min_width=300):
                maps = piece(message_html(NOTHING), elem_id='kss-maps')
            with gr.Column(scale=2, min_width=300):
                why = piece(elem_id='kss-why')
        with gr.Accordion('What the lateral connections looked for', open=False):
            connections = piece(message_html(NOTHING), elem_id='kss-connections')
        gr.Markdown('## The label graph')
        graph = piece(page.graph(Visit()), elem_id='kss-graph')
        with gr.Column(visible=explorer.drawing is not None):
            gr.Markdown('## What if the graph were another?\nThe model runs again with another graph, without '
                        'training. This explains the model, not the world.')
            with gr.Row():
                with gr.Column(scale=2, min_width=300):
                    sliders = [gr.Slider(0, max(0.2, 2 * value) if name == 'tau' else 1, value, label=MEANINGS[name],
                                         step=0.005 if name == 'tau' else 0.05, elem_id=f'kss-{name}')
                               for name, value in explorer.settings.items()]
                    edges = [(f'{a} – {b}', i) for i, (a, b) in enumerate(explorer.edges)]
                    dropped = gr.Dropdown(edges, multiselect=True, value=[], label='Edges to leave out',
                                          elem_id='kss-drop')
                    again = gr.Button('Compute again', variant='primary', elem_id='kss-again')
                with gr.Column(scale=3, min_width=300):
                    changed = piece(elem_id='kss-what-if')
        gr.Markdown('## Download')
        with gr.Row():
            text = gr.DownloadButton('All numbers (json)', interactive=False, elem_id='kss-json', min_width=160)
            packed = gr.DownloadButton('All pictures (zip)', interactive=False, elem_id='kss-zip', min_width=160)

        files = dict(fn=page.downloads, inputs=state, outputs=[text, packed], show_progress='hidden', **SLOW)
        shown, why_parts = [labels, graph], [why, maps, connections]
        every.change(lambda visit, every: labels_html(visit, every), [state, every], labels, show_progress='hidden',
                     api_visibility='private')
        for event, function, inputs in ((threshold.input, page.move_all, [state, threshold, every]),
                                        (reset.click, page.reset, [state, every]),
                                        (labels.input, page.move_one, [state, every])):
            event(function, inputs, [state, message, changed, *shown], show_progress='hidden', **STATE).then(**files)
        for event in (reset.click, file.change):  # the marks are the model's again
            event(lambda: common, outputs=threshold, show_progress='hidden', api_visibility='private')
        slow = []
        for part in shown:
            chosen = part.select(page.select, [state, every], [state, *shown], show_progress='hidden', **STATE)
            slow.append(chosen.then(page.explain, state, why_parts, **SLOW))
            slow[-1].then(**files)
        slow.append(again.click(page.what_if, [state, dropped, *sliders], changed, **SLOW))
        slow[-1].then(**files)
        first = file.change(page.upload, [state, file, every], [state, message, seen, *shown], cancels=slow,
                            **STATE)
        first.then(lambda: '', outputs=changed, show_progress='hidden', api_visibility='private').then(
            page.explain, state, why_parts, **SLOW).then(**files)
    return blocks


def _escaped(text: str) -> str:
    """Markdown's own signs in a name, as they are."""
    return ''.join(f'\\{sign}' if sign in '\\`*_{}[]<>()#+-.!|$' else sign for sign in text)


def serve(explorer: Explorer, title: str, host: str = '127.0.0.1', port: Optional[int] = None,
          most_mb: int = 200) -> Tuple[gr.Blocks, str]:
    """Show the page to browsers, in threads of their own.

    Args:
        explorer: The model.
        title: Its name.
        host: The address to listen at; 127.0.0.1 is this machine alone.
        port: None: the first free one from 7860 on.
        most_mb: The largest file that can be uploaded, in megabytes.

    Returns:
        The page, whose ``block_thread`` waits for an interruption and whose ``close`` ends it, and its address.

    Raises:
        OSError: The port is taken.
    """
    # uploads lie beside the visitors' folders, and are gone with them
    os.environ['GRADIO_TEMP_DIR'] = os.path.join(explorer.root, 'uploads')
    blocks = build(explorer, title, most_mb)
    blocks.queue(default_concurrency_limit=None)
    # the fonts of gradio's own themes come from the network
    theme = gr.themes.Default(font=('system-ui', 'sans-serif'), font_mono=('ui-monospace', 'monospace'))
    try:
        _, url, _ = blocks.launch(
            server_name=host, server_port=port, max_file_size=f'{most_mb}mb', share=False, ssr_mode=False, pwa=False,
            mcp_server=False, quiet=True, footer_links=[], enable_monitoring=False, inbrowser=False,
            prevent_thread_lock=True, theme=theme, css=read_text('page.css'))
    except OSError as error:
        ports = f'port {port}' if port else 'any port from 7860 to 7959'
        raise OSError(f'the page cannot listen at {host}, {ports}: choose another one by --port') from error
    return blocks, url
