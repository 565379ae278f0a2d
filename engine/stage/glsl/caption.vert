in vec4 p3d_Vertex;
in vec2 p3d_MultiTexCoord0;
uniform mat4 p3d_ModelViewProjectionMatrix;
out vec2 uv, q;
void main() { uv = p3d_MultiTexCoord0; q = p3d_Vertex.xz; gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex; }
