// Half the size, without shimmer: thirteen readings in overlapping squares.
in vec2 uv;
out vec4 colour;
uniform sampler2D u_from;
vec3 at(vec2 o) { return min(texture(u_from, uv + o / vec2(textureSize(u_from, 0))).rgb, vec3(12.0)); }
void main() {
  vec3 middle = at(vec2(-1.0)) + at(vec2(1.0)) + at(vec2(-1.0, 1.0)) + at(vec2(1.0, -1.0));
  vec3 corners = at(vec2(-2.0)) + at(vec2(2.0)) + at(vec2(-2.0, 2.0)) + at(vec2(2.0, -2.0));
  vec3 cross = at(vec2(-2.0, 0.0)) + at(vec2(2.0, 0.0)) + at(vec2(0.0, -2.0)) + at(vec2(0.0, 2.0));
  colour = vec4(middle * 0.125 + at(vec2(0.0)) * 0.125 + corners * 0.03125 + cross * 0.0625, 1.0);
}
