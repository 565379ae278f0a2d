// The breathing light: a square toward the eye, upright, twelve times as wide as the ball.
in vec4 p3d_Vertex;
uniform mat4 p3d_ViewProjectionMatrix, p3d_ViewMatrixInverse;
uniform vec4 u_light;               // place, radius
out vec2 q;
out vec3 world;
void main() {
  vec3 eye = p3d_ViewMatrixInverse[3].xyz, to = normalize(u_light.xyz - eye);
  vec3 right = normalize(cross(to, vec3(0.0, 0.0, 1.0))), up = cross(right, to);
  q = p3d_Vertex.xz * 12.0;
  world = u_light.xyz + (right * q.x + up * q.y) * u_light.w;
  gl_Position = p3d_ViewProjectionMatrix * vec4(world, 1.0);
  gl_Position.z = min(gl_Position.z, gl_Position.w * 0.99999);
}
