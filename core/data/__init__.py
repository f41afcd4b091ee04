"""Images and labels in memory: parts, samples, noise, and what is counted in them."""
