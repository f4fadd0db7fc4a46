"""The engine: claims run items, asks what the planner says, and writes down what was learned."""
