// From light to what a screen shows: bloom, the eye's response, a breath of dither.
in vec2 uv;
out vec4 colour;
uniform sampler2D u_hdr, u_bloom;
uniform float u_exposure, u_bloom_share, u_fade;
uniform vec3 u_tint;
uint pcg(uint v) { v = v * 747796405u + 2891336453u; v = ((v >> ((v >> 28u) + 4u)) ^ v) * 277803737u; return (v >> 22u) ^ v; }
// Naka-Rushton response, as photoreceptors have it: half of it each channel for itself, so
// that great brightness pales; half of it the brightest channel for all, so that hue stays.
vec3 response(vec3 c) {
  const float steep = 1.28, half_at = 0.46;
  vec3 p = pow(max(c, 0.0), vec3(steep)), each = p / (p + half_at);
  float m = max(max(c.r, c.g), max(c.b, 1e-5)), q = pow(m, steep);
  return mix(c / m * (q / (q + half_at)), each, 0.58);
}
void main() {
  vec3 c = mix(texture(u_hdr, uv).rgb, texture(u_bloom, uv).rgb, u_bloom_share) * u_exposure * u_tint;
  c = response(c) * u_fade;
  c = pow(max(c, 0.0), vec3(1.0 / 2.2));
  uvec2 g = uvec2(gl_FragCoord.xy);
  uint h = pcg(g.x + g.y * 8192u);
  vec3 dither = vec3(h & 1023u, (h >> 10u) & 1023u, (h >> 20u) & 1023u) / 1023.0;
  colour = vec4(clamp(c + (dither - 0.5) / 255.0, 0.0, 1.0), 1.0);
}
