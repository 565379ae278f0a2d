// Points of light that wander in a box of air, each on a way of its own.
#include "world.glsl"
in vec4 p3d_Vertex;
uniform mat4 p3d_ViewProjectionMatrix, p3d_ViewMatrixInverse;
uniform vec3 u_low, u_high;
uniform float u_drift, u_sway;
out vec2 q;
out float bright;
void main() {
  uint i = uint(gl_InstanceID) * 16u + 5u;
  vec3 seat = vec3(chance(i), chance(i + 1u), chance(i + 2u)), size = u_high - u_low;
  vec3 way = vec3(0.10 + 0.10 * chance(i + 3u), 0.05 * (chance(i + 4u) - 0.5), 0.0);
  vec3 at = seat * size + way * u_drift;
  float pace = 0.05 + 0.09 * chance(i + 5u), turn = 6.2832 * chance(i + 6u);
  at += vec3(sin(u_sway * pace + turn), cos(u_sway * pace * 0.83 + turn * 1.7), 0.6 * sin(u_sway * pace * 1.31 + turn * 2.3)) * (0.25 + 0.35 * chance(i + 7u));
  vec3 share = fract(at / size);
  // Fade where the box begins again, so that none appears or vanishes.
  vec3 edge = smoothstep(0.0, 0.12, share) * (1.0 - smoothstep(0.88, 1.0, share));
  vec3 world = u_low + share * size;
  bright = edge.x * edge.y * edge.z * (0.30 + 0.70 * pow(0.5 + 0.5 * sin(u_sway * (0.22 + 0.35 * chance(i + 8u)) + 50.0 * chance(i + 9u)), 2.0));
  q = p3d_Vertex.xz;
  vec3 eye = p3d_ViewMatrixInverse[3].xyz;
  float far = length(world - eye), want = 0.020 * (0.6 + 0.8 * chance(i + 10u)), drawn = max(want, 1.6 * u_pixel * far);
  bright *= pow(want / drawn, 2.0);
  vec3 right = p3d_ViewMatrixInverse[0].xyz, up = p3d_ViewMatrixInverse[1].xyz;
  gl_Position = p3d_ViewProjectionMatrix * vec4(world + (right * q.x + up * q.y) * drawn * 2.5, 1.0);
}
