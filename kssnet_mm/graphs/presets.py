"""Named settings of equations 2 to 4."""

# The paper's section "Implementation details"; `renormalize` see ks_graph().
PRESETS = dict(
    paper_coco=dict(lam=0.4, tau=0.02, eta=0.4, renormalize=False),
    paper_charades=dict(lam=0.6, tau=0.03, eta=0.4, renormalize=False),
    # The adjacency that comes with the authors' code has the largest eigenvalue 1 before its threshold:
    # it was normalised once more after superimposing.
    released_charades=dict(lam=0.6, tau=0.03, eta=0.4, renormalize=True),
)
