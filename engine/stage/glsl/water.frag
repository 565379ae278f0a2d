// Sea at dusk: mirrors the sky by its slopes, glitters for sun and lamps, glows a little itself.
#include "world.glsl"
#include "land.glsl"
#include "glitter.glsl"
in vec3 world;
in vec2 rest;
out vec4 colour;
uniform mat4 p3d_ViewMatrixInverse;
uniform vec4 u_wave[12];
uniform float u_wave_phase[12];
uniform float u_swell, u_ripple, u_ripple_frame, u_gust;
uniform sampler2DArray u_ripples;

// Slopes and their squares in a layer of ripples `size` metres wide; where a pixel covers
// whole ripples, what their mean is. Gradients come from outside: none are defined in here.
vec4 ripple(mat2 turned, float size, float offset, float covered, vec2 dx, vec2 dy) {
  if (covered > 0.35 * size) return vec4(0.0, 0.0, 0.5, 0.5);
  vec2 p = turned * rest / size, px = turned * dx / size, py = turned * dy / size;
  float f = mod(u_ripple_frame + offset, 24.0), a = floor(f), b = mod(a + 1.0, 24.0);
  return mix(textureGrad(u_ripples, vec3(p, a), px, py), textureGrad(u_ripples, vec3(p, b), px, py), f - a);
}

void main() {
  vec3 eye = p3d_ViewMatrixInverse[3].xyz, view = eye - world;
  float far = length(view);
  view /= far;
  vec2 ahead = -normalize(view.xy + vec2(1e-5, 0.0));
  // What one pixel covers, across the line of sight and along it.
  float across = far * u_pixel, along = across / max(view.z, 0.02);
  vec2 slope = vec2(0.0);
  float lost = 0.0;                 // slope variance too fine to be drawn: it becomes roughness
  for (int i = 0; i < 12; i++) {
    vec4 q = u_wave[i];
    float a = q.z * u_swell, k = length(q.xy);
    vec2 reach = vec2(dot(q.xy, ahead) * along, (q.x * ahead.y - q.y * ahead.x) * across) * 0.75;
    float kept = exp(-0.5 * dot(reach, reach));
    slope += a * kept * q.xy * sin(dot(q.xy, rest) - u_wave_phase[i]) * -1.0;
    lost += 0.5 * a * a * k * k * (1.0 - kept * kept);
  }
  // Ripples of four sizes, turned against each other so that no pattern repeats; gusts
  // ruffle the water in wide slow patches.
  float patches = texture(u_noise, rest * vec2(0.0060, 0.0105) + vec2(u_gust * 0.0022, u_gust * 0.0009)).r;
  float ruffled = mix(0.62, 1.30, smoothstep(0.18, 0.85, patches));
  mat2 turn = mat2(0.8, 0.6, -0.6, 0.8), back = transpose(turn);
  vec2 dx = dFdx(rest), dy = dFdy(rest);
  vec4 r0 = ripple(mat2(1.0), 2.3, 0.0, along, dx, dy), r1 = ripple(turn, 6.9, 7.0, along, dx, dy);
  vec4 r2 = ripple(turn * turn, 23.0, 13.0, along, dx, dy), r3 = ripple(back, 83.0, 19.0, along, dx, dy);
  vec4 share = vec4(0.50, 0.62, 0.50, 0.36) * u_ripple * vec4(ruffled, ruffled, mix(1.0, ruffled, 0.6), 1.0);
  slope += share.x * r0.xy + share.y * (back * r1.xy) + share.z * (back * back * r2.xy) + share.w * (turn * r3.xy);
  vec4 hidden = max(vec4(r0.z + r0.w - dot(r0.xy, r0.xy), r1.z + r1.w - dot(r1.xy, r1.xy), r2.z + r2.w - dot(r2.xy, r2.xy), r3.z + r3.w - dot(r3.xy, r3.xy)), 0.0);
  float variance = max(0.5 * (lost + dot(share * share, hidden)) + 0.10 * u_ripple * u_ripple, 0.00015);
  float rough = sqrt(variance);
  vec3 normal = normalize(vec3(-slope, 1.0));
  float facing = max(dot(normal, view), 0.02);
  float fresnel = mean_fresnel(facing, rough);

  // The sky, gathered down the lobe: real water draws reflections out toward the eye. At low
  // angles only facets leaning to the eye are seen, so the mirrored ray is lifted.
  vec3 ray = reflect(-view, normal);
  ray.z = abs(ray.z) + 0.55 * rough;
  ray = normalize(ray);
  float el = asin(clamp(ray.z, 0.0, 1.0)), az = atan(ray.x, ray.y), lod = clamp(log2(rough * 1024.0 / 6.28), 0.0, 6.0);
  vec3 sky = vec3(0.0);
  float sum = 0.0;
  for (int i = -2; i <= 2; i++) {
    float w = exp(-0.4 * float(i * i)), e = abs(el + float(i) * rough * 0.95);
    sky += w * textureLod(u_panorama, vec2(az / (2.0 * PI) + 0.5, sqrt(e / (0.5 * PI))), lod).rgb;
    sum += w;
  }
  sky /= sum;
  vec4 shore = land(az, el, rough * 1.3);
  sky = mix(sky, shore.rgb, shore.a);

  // Light from below the surface: what the sky sends down, scattered back blue-green.
  vec3 above = sky_at(vec3(0.0, 0.0, 1.0), 6.0) * 0.6 + 0.5 * sky_at(normalize(vec3(u_sun.xy, 0.5)), 6.0);
  float crest = clamp(world.z * 0.9 + 0.35, 0.0, 1.0);
  vec3 deep = above * vec3(0.030, 0.098, 0.110) * (0.7 + 0.6 * crest) + luminance(above) * vec3(0.010, 0.030, 0.040);
  float through = pow(max(dot(ahead, normalize(u_sun.xy)) * 0.5 + 0.5, 0.0), 3.0) * crest;
  deep += u_sun_light * vec3(0.010, 0.028, 0.022) * through;

  // Sun and lamps on the water.
  vec3 sun = normalize(vec3(u_sun.xy, max(u_sun.z, 0.012)));
  vec3 bright = soften(u_sun_light * glitter(sun, view, slope * 0.9, variance * 1.9 + 0.0011) * 0.016, 2.6) * smoothstep(-0.012, 0.010, u_sun.z);
  for (int i = 0; i < 4; i++) {
    vec4 lamp = u_lamp[i];
    vec3 light = u_lamp_light[i].rgb;
    if (lamp.w <= 0.0) continue;
    bright += soften(light * glitter_ball(lamp, world, view, normal, slope, variance + 0.0004), 0.55 * max(max(light.r, light.g), light.b));
    vec3 to = lamp.xyz - world;
    float d2 = dot(to, to);
    deep += light * vec3(0.35, 0.85, 0.95) * 0.9 * lamp.w * lamp.w * max(to.z, 0.0) * inversesqrt(d2) / (d2 + 1.0) * 0.25;
  }
  vec3 c = mix(deep, sky, fresnel) + bright;
  float air = 1.0 - exp(-pow(far / 4200.0, 1.3));
  colour = vec4(mix(c, horizon_at(-view), clamp(air, 0.0, 1.0)), 1.0);
}
