// What every material knows: the sky it is lit by, the sun, the lamps, the time.
const float PI = 3.14159265;
uniform float u_time;               // session time, s
uniform float u_breath;             // 0 lungs empty .. 1 full
uniform float u_pixel;              // angle of one pixel, radians
uniform vec3 u_sun;                 // toward the sun
uniform vec3 u_sun_light;           // its light at the ground
uniform sampler2D u_panorama;       // the sky: azimuth across, sqrt(elevation) up, mipmapped
uniform sampler2D u_noise;          // four tiling noises, uniform in 0..1
uniform vec4 u_lamp[4];             // place, radius; 0 is the breathing light
uniform vec4 u_lamp_light[4];       // radiance

// PCG output permutation (Jarzynski and Olano 2020): the same on every driver.
uint pcg(uint v) { v = v * 747796405u + 2891336453u; v = ((v >> ((v >> 28u) + 4u)) ^ v) * 277803737u; return (v >> 22u) ^ v; }
float chance(uint v) { return float(pcg(v) >> 8u) / 16777216.0; }

// Straight ahead (+y) is the middle of the panorama, its seam is behind the seat.
vec2 panorama_uv(vec3 d) { return vec2(atan(d.x, d.y) / (2.0 * PI) + 0.5, sqrt(asin(clamp(d.z, 0.0, 1.0)) / (0.5 * PI))); }
vec3 panorama_direction(vec2 uv) {
  float a = (uv.x - 0.5) * 2.0 * PI, e = uv.y * uv.y * 0.5 * PI;
  return vec3(cos(e) * sin(a), cos(e) * cos(a), sin(e));
}
vec3 sky_at(vec3 d, float lod) { return textureLod(u_panorama, panorama_uv(d), lod).rgb; }
// The colour far things fade into.
vec3 horizon_at(vec3 d) { return sky_at(normalize(vec3(d.xy, 0.035 * length(d.xy))), 3.0); }
float luminance(vec3 c) { return dot(c, vec3(0.2126, 0.7152, 0.0722)); }
// Never brighter than `top`, with a soft knee instead of an edge.
vec3 soften(vec3 c, float top) { float l = max(max(c.r, c.g), max(c.b, 1e-5)); return c * (1.0 / (1.0 + l / top)); }
