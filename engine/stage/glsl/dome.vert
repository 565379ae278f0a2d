// A square behind everything that knows which way it looks.
in vec4 p3d_Vertex;
uniform mat4 p3d_ProjectionMatrixInverse, p3d_ViewMatrixInverse;
out vec3 ray;
void main() {
  gl_Position = vec4(p3d_Vertex.xz, 0.9999999, 1.0);
  vec4 v = p3d_ProjectionMatrixInverse * vec4(p3d_Vertex.xz, 1.0, 1.0);
  ray = mat3(p3d_ViewMatrixInverse) * (v.xyz / v.w);
}
