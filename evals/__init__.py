"""PROOF: does it comply? Uses the same checker as production."""
