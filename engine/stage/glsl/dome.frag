// The sky as the eye sees it: panorama, sun, stars, and what stands on the horizon.
#include "world.glsl"
#include "land.glsl"
in vec3 ray;
out vec4 colour;
uniform float u_stars;

// Stars in hashed cells of a cube's faces: steady, never smaller than a pixel, and slow to
// shimmer, so that nothing twinkles faster than a breath.
vec3 stars(vec3 d) {
  vec3 a = abs(d);
  uint face = a.x > a.y && a.x > a.z ? 0u : (a.y > a.z ? 1u : 2u);
  vec2 p = face == 0u ? d.yz / a.x : (face == 1u ? d.xz / a.y : d.xy / a.z);
  vec3 sum = vec3(0.0);
  for (int layer = 0; layer < 2; layer++) {
    float cells = layer == 0 ? 26.0 : 64.0;
    vec2 q = p * cells, cell = floor(q), f = q - cell;
    uint h = pcg(uint(int(cell.x) + 512) + 1024u * uint(int(cell.y) + 512) + 1048576u * (face + 3u * uint(layer)));
    h ^= uint(d[face] > 0.0) * 977u;
    vec2 at = 0.2 + 0.6 * vec2(chance(h), chance(h + 1u));
    float bright = pow(chance(h + 2u), layer == 0 ? 9.0 : 8.0) * (layer == 0 ? 1.3 : 0.36);
    float size = max(layer == 0 ? 0.0011 : 0.0009, 0.95 * u_pixel) * cells;
    float fall = exp(-dot(f - at, f - at) / (size * size)) * min(1.0, pow(0.0014 * cells / size, 2.0));
    float shimmer = 0.90 + 0.10 * sin(u_time * (0.25 + 0.5 * chance(h + 3u)) + 40.0 * chance(h + 4u));
    sum += mix(vec3(1.0, 0.86, 0.72), vec3(0.74, 0.86, 1.0), chance(h + 5u)) * bright * fall * shimmer;
  }
  return sum;
}

void main() {
  vec3 d = normalize(ray);
  float elevation = asin(clamp(d.z, -1.0, 1.0)), azimuth = atan(d.x, d.y);
  vec4 sky = textureLod(u_panorama, panorama_uv(d), 0.0);
  vec3 c = sky.rgb;
  float toward = dot(d, u_sun), clear = 1.0 - sky.a;
  // The sun: a soft disc that sets behind the horizon, and the glow of the air round it.
  float angle = acos(clamp(toward, -1.0, 1.0));
  float disc = 1.0 - smoothstep(0.0076, 0.0076 + max(0.0012, 1.5 * u_pixel), angle);
  float up = smoothstep(-0.0005, 0.0012, d.z);
  c += u_sun_light * (disc * 3.2 * up * (1.0 - 0.75 * sky.a));
  c += u_sun_light * (0.34 * exp(-angle * 42.0) + 0.10 * exp(-angle * 11.0)) * (1.0 - 0.4 * sky.a);
  c += stars(d) * u_stars * clear * clear * smoothstep(0.02, 0.30, d.z) * 1.5;
  // Haze gathers on the horizon; land stands in it.
  vec3 haze = horizon_at(d);
  c = mix(c, haze, 0.5 * exp(-max(elevation, 0.0) * 160.0));
  vec4 shore = land(azimuth, elevation, u_pixel);
  c = mix(c, shore.rgb, shore.a);
  colour = vec4(d.z < -0.002 ? haze : c, 1.0);
}
