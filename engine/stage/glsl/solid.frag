// A plain lit surface.
#include "world.glsl"
#include "lighting.glsl"
in vec3 world, normal;
in vec4 tint, extra;
out vec4 colour;
uniform mat4 p3d_ViewMatrixInverse;
void main() {
  vec3 n = normalize(normal), view = normalize(p3d_ViewMatrixInverse[3].xyz - world);
  vec3 c = tint.rgb * (skylight(n, tint.a) + sunlight(n) + lamplight(world, n)) + sheen(world, n, view, 0.35, tint.a);
  colour = vec4(c, 1.0);
}
