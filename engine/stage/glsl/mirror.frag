in vec2 uv;
out vec4 colour;
uniform sampler2D u_picture;
void main() { colour = vec4(texture(u_picture, uv).rgb, 1.0); }
