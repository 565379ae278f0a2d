in vec2 q;
in float bright;
out vec4 colour;
uniform vec3 u_mote_light;
void main() {
  float r = dot(q, q);
  colour = vec4(u_mote_light * bright * (0.25 * exp(-r * 5.0) + exp(-r * 34.0)) * (1.0 - smoothstep(0.7, 1.0, r)), 0.0);
}
