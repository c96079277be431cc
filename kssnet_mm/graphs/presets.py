"""Named settings of equations 2 to 4; what each one means is in ``ks_graph``."""

PRESETS = dict(
    # KSSNet, AAAI-20, experiments on MS-COCO and on Charades.
    paper_coco=dict(lam=0.4, tau=0.02, eta=0.4, normalize=True, renormalize=False),
    paper_charades=dict(lam=0.6, tau=0.03, eta=0.4, normalize=True, renormalize=False),
    # The adjacency that comes with the authors' Charades code has the largest eigenvalue 1 before its
    # threshold, so it was normalised once more after superimposing.
    released_charades=dict(lam=0.6, tau=0.03, eta=0.4, normalize=True, renormalize=True),
    # ML-GCN, CVPR 2019: the re-weighted statistics themselves; its GCN does all normalising.
    mlgcn=dict(lam=1.0, tau=0.0, eta=1.0, normalize=False, renormalize=False),
)
