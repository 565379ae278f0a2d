// Twice the size, softened, mixed with the finer level.
in vec2 uv;
out vec4 colour;
uniform sampler2D u_from, u_finer;
uniform float u_mix;
vec3 at(vec2 o) { return texture(u_from, uv + o / vec2(textureSize(u_from, 0))).rgb; }
void main() {
  vec3 sides = at(vec2(-1.0, 0.0)) + at(vec2(1.0, 0.0)) + at(vec2(0.0, 1.0)) + at(vec2(0.0, -1.0));
  vec3 corners = at(vec2(1.0)) + at(vec2(-1.0)) + at(vec2(-1.0, 1.0)) + at(vec2(1.0, -1.0));
  vec3 soft = at(vec2(0.0)) * 0.25 + sides * 0.125 + corners * 0.0625;
  colour = vec4(mix(texture(u_finer, uv).rgb, soft, u_mix), 1.0);
}
