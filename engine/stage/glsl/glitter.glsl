// Light mirrored by rough water: the share of facets that send it to the eye.
float schlick(float c) { return 0.02 + 0.98 * pow(1.0 - clamp(c, 0.0, 1.0), 5.0); }
// Reflectance of water whose slopes vary by `rough` (Bruneton, Neyret and Holzschuch 2010).
float mean_fresnel(float c, float rough) {
  return clamp(0.02 + 0.98 * pow(1.0 - clamp(c, 0.0, 1.0), 5.0 * exp(-2.69 * rough)) / (1.0 + 22.7 * pow(rough, 1.5)), 0.0, 1.0);
}
// Density of facets that mirror `to` into `view`, times Fresnel, over the projected area.
float glitter(vec3 to, vec3 view, vec2 slope, float variance) {
  vec3 h = normalize(to + view);
  h.z = max(h.z, 0.08);
  vec2 off = -h.xy / h.z - slope;
  float density = exp(-dot(off, off) / (2.0 * variance)) / (2.0 * PI * variance);
  return schlick(dot(h, view)) * density / (4.0 * max(view.z, 0.045) * h.z * h.z * h.z * h.z);
}
// The same for a ball of light at a distance: the nearest of its points, as large as it looks.
float glitter_ball(vec4 ball, vec3 at, vec3 view, vec3 normal, vec2 slope, float variance) {
  vec3 to = ball.xyz - at, mirrored = reflect(-view, normal);
  vec3 aside = dot(to, mirrored) * mirrored - to;
  float far = length(to);
  vec3 nearest = normalize(to + aside * clamp(0.6 * ball.w / max(length(aside), 1e-4), 0.0, 1.0));
  float seen = ball.w / far, wide = variance + 0.25 * seen * seen;
  return glitter(nearest, view, slope, wide) * PI * seen * seen;
}
