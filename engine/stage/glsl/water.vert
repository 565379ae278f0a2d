// Open water: rings round the seat, raised by the swell (Gerstner waves).
in vec4 p3d_Vertex;
uniform mat4 p3d_ViewProjectionMatrix;
uniform vec4 u_wave[12];            // wave vector, amplitude, angular frequency
uniform float u_wave_phase[12];
uniform float u_swell;
out vec3 world;
out vec2 rest;
void main() {
  vec2 p = p3d_Vertex.xy;
  float far = length(p);
  vec3 w = vec3(p, 0.0);
  for (int i = 0; i < 12; i++) {
    vec4 q = u_wave[i];
    float k = length(q.xy), phase = dot(q.xy, p) - u_wave_phase[i];
    float a = q.z * u_swell * (1.0 - smoothstep(0.15, 0.6, k * far * 0.018));  // rings grow coarse
    w.z += a * cos(phase);
    w.xy -= 0.8 * a * (q.xy / k) * sin(phase);
  }
  world = w;
  rest = p;
  gl_Position = p3d_ViewProjectionMatrix * vec4(w, 1.0);
}
