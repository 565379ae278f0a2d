// The dark plate under a caption: dense under the words, soft at its round ends.
in vec2 uv, q;
out vec4 colour;
uniform vec2 u_half;
uniform float u_share;
void main() {
  vec2 p = abs(q) * u_half;
  // Of two lines the ends are round; more lines keep those corners, or they would cut into the words.
  float round_at = min(min(u_half.x, u_half.y) * 0.9, 0.17);
  float off = length(max(p - (u_half - round_at), 0.0)) - round_at;
  float cover = 0.80 * (1.0 - smoothstep(-0.060, 0.0, off)) * u_share;
  colour = vec4(vec3(0.050, 0.058, 0.085) * cover, cover);
}
