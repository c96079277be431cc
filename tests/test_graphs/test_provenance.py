from kssnet_mm.graphs.provenance import changed_files, comparable, describe_files


def test_moved_folders_and_caches_are_the_same_sources(tmp_path):
    one = dict(type='ConceptNetGraph', file='/a/c.csv.gz', aliases='/a/x.yaml', cache='/tmp/c.npz', progress=False)
    two = dict(type='ConceptNetGraph', file='/b/c.csv.gz', aliases='/b/x.yaml')
    assert comparable(one) == comparable(two)
    assert comparable(dict(two, aliases='/b/y.yaml')) != comparable(two)
    assert comparable(dict(two, language='de')) != comparable(two)


def test_sources_are_described_and_changes_seen(tmp_path):
    (tmp_path / 'x.yaml').write_text('sofa: couch\n')
    settings = dict(knowledge=dict(aliases=str(tmp_path / 'x.yaml'), file=str(tmp_path / 'missing.csv')))
    described = describe_files(settings)
    # sha256sum of the line
    assert [(d['file'], d['bytes']) for d in described] == [('x.yaml', 12)]
    assert len(described[0]['sha256']) == 64 and changed_files(settings, described) == []
    (tmp_path / 'x.yaml').write_text('sofa: settee\n')
    assert changed_files(settings, described) == ['x.yaml']
