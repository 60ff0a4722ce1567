"""How a check is reported: terminal, JSON, SARIF, GitHub annotations; and which findings are already known."""
