// An evening in two colours, with nothing in it that can fail.
in vec3 ray;
out vec4 colour;
void main() {
  float up = normalize(ray).z;
  vec3 low = vec3(0.115, 0.098, 0.125), high = vec3(0.018, 0.028, 0.062), floor_ = vec3(0.020, 0.026, 0.044);
  colour = vec4(up > 0.0 ? mix(low, high, pow(up, 0.45)) : mix(low * 0.62, floor_, pow(-up, 0.35)), 1.0);
}
