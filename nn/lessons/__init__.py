"""What a network and its gradients mean: nudges, votes, sensitivities, equations, surfaces."""
