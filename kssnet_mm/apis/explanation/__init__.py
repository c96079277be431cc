"""Why a model predicts what it does: one question a file, pure functions on tensors and arrays."""
