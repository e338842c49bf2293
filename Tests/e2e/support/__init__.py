"""What the end-to-end tests share: a scripted provider, a gateway under test, raw wires and terminals."""
