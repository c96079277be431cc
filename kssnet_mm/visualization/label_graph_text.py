"""Headings and captions (html) of the page of a label graph."""
TITLES = dict(facts='Facts', drawn='Network', matrices='Matrices', sweep='What lam and tau do',
              smoothing='How embeddings smooth over layers', neighbours='Strongest neighbours',
              isolated='Isolated labels')

CAPTIONS = dict(
    facts="""
An edge is an off-diagonal non-zero entry, and one in both directions counts twice; density is the
share of N (N - 1). The spectral gap is |&lambda;<sub>1</sub>| - |&lambda;<sub>2</sub>| of
A'<sub>KS</sub> = D<sup>-1/2</sup> A<sub>KS</sub> D<sup>-1/2</sup>, which the GCN multiplies by: the
wider, the fewer layers until all labels look alike. It is 0 where the graph falls apart into
components.""",
    drawn="""
A line is as wide as max(A<sub>ij</sub>, A<sub>ji</sub>) is heavy; its colour says which priors have
an entry for the two labels, in either direction. Hover a label for its neighbours.""",
    matrices="""
The priors before normalisation and the adjacency A<sub>KS</sub>, with the labels in one order: those
with similar neighbours in lam A'<sub>S</sub> + (1 - lam) A'<sub>K</sub> stand together (average
linkage of cosine distances). Row i is what label i reads from the others. Colours grow with the
square root of the weight, up to the heaviest edge; white is 0. Hover for names and values.""",
    sweep="""
Density, and labels without an edge, of the stored priors superimposed with other values; eta changes
neither. The framed cell has the settings of the file. Where there is one prior, lam does not matter.""",
    smoothing="""
Mean cosine similarity between all pairs of different labels of E(l), with E(l+1) =
LeakyReLU(A'<sub>KS</sub> E(l)), slope 0.2: the GCN with identity weights, so that nothing is random
or learned. The dashed line has A' = I and shows what the LeakyReLU does alone; the distance between
the lines is what the graph adds. A zero vector has cosine 0.""",
    neighbours="""
For each label i its heaviest edges by max(A<sub>ij</sub>, A<sub>ji</sub>), with the priors before
normalisation. Click a head to sort, again to turn the order.""",
    isolated="""
Labels without an edge in A<sub>KS</sub>. A tau up to the number beside a label would leave it an
edge; 0 means that no prior knows of one.""")

# Captions for controls: what the parts of the page show of them and what they cannot show.
CONTROLS = dict(
    identity=dict(
        facts="""
This graph is the control A<sub>KS</sub> = I: no label has an edge, whatever the priors say. Edges, density and
components are those of I.""",
        sweep="""
The graph is the control A<sub>KS</sub> = I, which no setting changes. The tables show what the stored priors
would give without the control; no cell is the graph's own.""",
        isolated="""
The graph is the control A<sub>KS</sub> = I: no tau gives a label an edge."""),
    shuffle=dict(
        facts="""
This graph is the control with shuffled labels: A<sub>KS</sub> of the stored priors with its rows and columns
permuted. Its edges are not between the labels that the priors relate, so that no prior is named for them.""",
        sweep="""
The labels of the adjacency are shuffled, which changes neither density nor the number of isolated labels.""",
        neighbours="""
The labels of the adjacency are shuffled: A<sub>S,ij</sub> and A<sub>K,ij</sub> are those of the two labels, and
not where A<sub>ij</sub> comes from.""",
        isolated="""
The labels of the adjacency are shuffled: the priors do not say which tau would give one of them an edge."""))
