// A thing that stands still.
in vec4 p3d_Vertex;
in vec3 p3d_Normal;
in vec4 a_colour, a_extra;
uniform mat4 p3d_ViewProjectionMatrix;
out vec3 world, normal;
out vec4 tint, extra;
void main() {
  world = p3d_Vertex.xyz;
  normal = p3d_Normal;
  tint = a_colour;
  extra = a_extra;
  gl_Position = p3d_ViewProjectionMatrix * vec4(world, 1.0);
}
