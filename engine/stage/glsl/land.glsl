// What stands on the horizon. Nothing, unless a scene brings its own land.glsl.
// azimuth, elevation, blur in radians; returns colour and cover.
vec4 land(float azimuth, float elevation, float blur) { return vec4(0.0); }
