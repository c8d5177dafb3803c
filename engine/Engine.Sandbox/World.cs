namespace Engine.Sandbox;

public sealed class World;

public sealed class Worlds;
