// Light on a solid thing: the sky from all sides, the sun, the lamps.
vec3 skylight(vec3 n, float open) {
  vec3 up = sky_at(vec3(0.0, 0.0, 1.0), 6.0), side = sky_at(normalize(vec3(n.xy + vec2(1e-4), 0.25)), 6.0);
  vec3 below = up * vec3(0.16, 0.20, 0.22);
  // A level surface sees the glow over the sun as well as the zenith.
  vec3 over = up * 0.62 + 0.38 * sky_at(normalize(vec3(u_sun.xy + vec2(1e-4), 0.45)), 6.0);
  vec3 sky = mix(side, over, clamp(n.z, 0.0, 1.0));
  return mix(below, sky, smoothstep(-0.6, 0.5, n.z)) * open;
}
vec3 lamplight(vec3 at, vec3 n) {
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 4; i++) {
    vec3 to = u_lamp[i].xyz - at;
    float d2 = dot(to, to), wrap = 0.25;
    float lambert = max((dot(n, to * inversesqrt(d2)) + wrap) / (1.0 + wrap), 0.0);
    sum += 2.6 * u_lamp_light[i].rgb * lambert * u_lamp[i].w * u_lamp[i].w / (d2 + u_lamp[i].w * u_lamp[i].w);
  }
  return sum;
}
vec3 sunlight(vec3 n) { return u_sun_light * max(dot(n, u_sun), 0.0) * smoothstep(-0.01, 0.02, u_sun.z); }
// Sheen of lamps and sky on a surface whose facets vary by `rough`.
vec3 sheen(vec3 at, vec3 n, vec3 view, float rough, float open) {
  vec3 ray = reflect(-view, n);
  float f = 0.04 + 0.96 * pow(1.0 - clamp(abs(dot(n, view)), 0.08, 1.0), 5.0);
  vec3 sum = sky_at(normalize(vec3(ray.xy, max(ray.z, 0.02))), clamp(log2(rough * 512.0), 0.0, 6.0)) * smoothstep(-0.1, 0.1, ray.z) * open;
  for (int i = 0; i < 4; i++) {
    vec3 to = u_lamp[i].xyz - at;
    float d2 = dot(to, to), seen = u_lamp[i].w * u_lamp[i].w / d2, v = rough * rough + seen;
    float off = 1.0 - max(dot(ray, to * inversesqrt(d2)), 0.0);
    sum += u_lamp_light[i].rgb * exp(-off / v) * min(seen / v, 1.0);
  }
  return sum * f / (1.0 + 6.0 * rough);
}
