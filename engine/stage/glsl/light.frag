// A ball of soft light, alive inside: a warm heart, slow veils, a pale rim, a wide glow.
#include "world.glsl"
in vec2 q;
in vec3 world;
out vec4 colour;
uniform vec3 u_heart, u_rim;
uniform float u_presence;
float veil(vec2 p) {
  vec2 w = vec2(texture(u_noise, p * 0.11 + vec2(u_time * 0.0042, 0.0)).r, texture(u_noise, p * 0.11 - vec2(0.0, u_time * 0.0036)).g) - 0.5;
  return texture(u_noise, p * 0.16 + w * 0.32 + vec2(0.0, -u_time * 0.005)).b;
}
void main() {
  float r = length(q), z = sqrt(max(1.0 - r * r, 0.0));
  float ball = 1.0 - smoothstep(0.80, 1.04, r);
  // Veils lie on the ball, so they curve and gather at its edge.
  vec2 on = q / (0.55 + 0.9 * z);
  float n = veil(on * 0.55), m = veil(on * 0.34 + 3.7);
  float heart = exp(-r * r * mix(3.2, 2.0, u_breath));
  float shell = pow(clamp(r, 0.0, 1.0), 6.0) * ball;
  vec3 inside = u_heart * heart * (0.86 + 0.46 * n) + mix(u_heart, u_rim, 0.30) * (0.10 + 0.26 * m) * z + u_rim * shell * (0.18 + 0.22 * n);
  float near = max(r - 0.80, 0.0);
  vec3 glow = mix(u_heart, mix(u_heart, u_rim, 0.75), smoothstep(0.6, 3.2, r)) * (0.34 * exp(-near * 2.6) + 0.085 * exp(-near * 0.66));
  // A breath of light goes out: a soft ring that widens as the lungs fill and fades as they empty.
  float at = mix(1.25, 2.9, u_breath), ring = exp(-pow((r - at) * 2.1, 2.0)) * 0.040 * u_breath;
  float edge = 1.0 - smoothstep(6.0, 11.5, r);
  // By day it has to shine against a brighter sky.
  float against = 0.85 + 1.6 * luminance(horizon_at(vec3(normalize(world.xy), 0.0)));
  vec3 c = (inside * ball * mix(0.78, 1.15, u_breath) + (glow * mix(0.50, 1.30, u_breath) + u_rim * ring) * edge) * u_presence * against;
  float water = smoothstep(-0.25, 0.15, world.z);
  colour = vec4(c * water, 0.88 * ball * u_presence * water);
}
