"""From one operation to a recorded graph and its gradients: the table, `Value` and the sweep."""
