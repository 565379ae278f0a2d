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
  float ball = 1.0 - smoothstep(0.90, 1.03, r);
  // Veils lie on the ball, so they curve and gather at its edge.
  vec2 on = q / (0.55 + 0.9 * z);
  float n = veil(on * 1.5), m = veil(on * 0.8 + 3.7);
  float heart = exp(-r * r * mix(3.4, 1.9, u_breath));
  float shell = pow(clamp(r, 0.0, 1.0), 5.0) * ball;
  vec3 inside = u_heart * heart * (0.70 + 0.55 * n) + u_rim * (0.16 + 0.42 * m * m) * z + mix(u_rim, vec3(1.0), 0.25) * shell * (0.16 + 0.16 * n);
  float near = max(r - 0.75, 0.0);
  vec3 glow = mix(u_heart, u_rim, smoothstep(0.5, 3.6, r)) * (0.20 * exp(-near * 2.3) + 0.050 * exp(-near * 0.62));
  // A breath of light goes out: a thin ring that widens as the lungs fill and fades as they empty.
  float at = mix(1.25, 2.7, u_breath), ring = exp(-pow((r - at) * 3.4, 2.0)) * 0.055 * u_breath;
  float edge = 1.0 - smoothstep(6.0, 11.5, r);
  vec3 c = (inside * ball * mix(0.72, 1.18, u_breath) + (glow * mix(0.55, 1.25, u_breath) + u_rim * ring) * edge) * u_presence;
  float water = smoothstep(-0.25, 0.15, world.z);
  colour = vec4(c * water, 0.55 * ball * u_presence * water * heart);
}
