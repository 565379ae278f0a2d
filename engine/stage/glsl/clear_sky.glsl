// The clear sky from the table: azimuth from the sun, sqrt(elevation), height of the sun.
uniform sampler3D u_sky_table;
uniform float u_sky_row;
vec3 clear_sky(vec3 d) {
  float elevation = asin(clamp(d.z, 0.0, 1.0));
  vec2 a = d.xy / max(length(d.xy), 1e-5), s = normalize(u_sun.xy);
  float azimuth = acos(clamp(dot(a, s), -1.0, 1.0));
  vec2 size = vec2(textureSize(u_sky_table, 0).xy);
  vec2 at = vec2(azimuth / PI, sqrt(elevation / (0.5 * PI)));
  return texture(u_sky_table, vec3((at * (size - 1.0) + 0.5) / size, u_sky_row)).rgb;
}
