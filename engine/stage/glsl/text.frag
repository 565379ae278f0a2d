in vec2 uv, q;
out vec4 colour;
uniform sampler2D p3d_Texture0;
uniform float u_share;
void main() { float a = texture(p3d_Texture0, uv).a * u_share; colour = vec4(vec3(0.965, 0.95, 0.92) * a, a); }
