// The sky, drawn once a frame for both eyes: clear sky and two decks of cloud lit from below.
#include "world.glsl"
#include "clear_sky.glsl"
in vec2 uv;
out vec4 colour;
uniform vec4 u_cloud;               // cover, drift x, drift y
uniform vec3 u_cloud_light;         // sunlight at the height of the clouds

// Streaky layered cloud: a broad field that opens and closes, drawn out along the wind,
// frayed by finer fields that are bent by it.
float thickness(vec2 p, vec2 stretch, float bend) {
  vec2 q = p * stretch;
  vec2 w = texture(u_noise, q * 0.37 + 0.31).ba - 0.5;
  float broad = texture(u_noise, q * 0.50 + w * 0.10 * bend).r;
  float streak = texture(u_noise, q * vec2(1.6, 1.9) + w * 0.30 * bend).g;
  float fray = texture(u_noise, q * vec2(4.3, 5.2) + w * 0.55 * bend).b;
  return broad * 0.56 + streak * 0.30 + fray * 0.14;
}

void main() {
  vec3 d = panorama_direction(uv);
  vec3 c = clear_sky(d);
  float toward = max(dot(d, u_sun), 0.0), cover = 0.0;
  vec2 downwind = normalize(u_sun.xy);
  for (int k = 1; k >= 0; k--) {
    bool high = k == 1;
    // Planes overhead, bent down to meet the horizon so that streaks gather there.
    vec2 p = d.xy / (max(d.z, 0.0) + (high ? 0.055 : 0.075)) * (high ? 1.0 : 0.62);
    p += vec2(u_cloud.y, u_cloud.z) * (high ? 0.55 : 1.0);
    vec2 stretch = high ? vec2(0.080, 0.230) : vec2(0.120, 0.270);
    if (!high) p = mat2(0.978, 0.208, -0.208, 0.978) * p;
    float n = thickness(p, stretch, high ? 1.0 : 1.5);
    float n_sunward = thickness(p + downwind * (high ? 0.40 : 0.30), stretch, high ? 1.0 : 1.5);
    float low = high ? mix(0.66, 0.46, u_cloud.x) : mix(0.74, 0.40, u_cloud.x);
    float dense = smoothstep(low, low + (high ? 0.40 : 0.36), n);
    float a = dense * (high ? 0.60 : 0.88) * smoothstep(0.004, 0.085, d.z);
    // Rims toward the sun are thin and bright, hearts are shaded.
    float rim = clamp((n - n_sunward) * 3.2 + 0.5, 0.0, 1.0);
    float glow = 0.07 + 0.30 * pow(0.5 + 0.5 * toward, 4.0) + 0.9 * pow(toward, 24.0);
    vec3 lit = u_cloud_light * glow * mix(0.22, 1.0, rim) * mix(1.0, 0.55, dense);
    vec3 shade = mix(clear_sky(normalize(vec3(d.xy, 0.30))), clear_sky(vec3(0.0, 0.0, 1.0)), 0.45);
    vec3 body = lit + shade * mix(0.92, 0.40, dense * (1.0 - 0.6 * rim));
    float far = exp(-length(p) * (high ? 0.020 : 0.034));   // air in front of distant cloud
    c = mix(c, mix(c, body, 0.25 + 0.75 * far), a);
    cover = mix(cover, 1.0, a);
  }
  colour = vec4(c, cover);
}
