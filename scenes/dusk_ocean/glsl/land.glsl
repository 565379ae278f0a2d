// Far islands to the left and right of the open horizon, and the wooded shore behind.
float crest(float azimuth, float detail, float seed) {
  float x = azimuth * 0.159155;                     // once round is once across the noise
  return texture(u_noise, vec2(x * detail + seed, seed * 1.7)).r * 0.6
       + texture(u_noise, vec2(x * detail * 3.0 + seed, seed)).g * 0.28
       + texture(u_noise, vec2(x * detail * 8.0 - seed, seed)).b * 0.12;
}
float span(float azimuth, float middle, float half_width, float edge) {
  float off = abs(mod(azimuth - radians(middle) + PI, 2.0 * PI) - PI);
  return 1.0 - smoothstep(radians(half_width) - radians(edge), radians(half_width), off);
}
vec4 land(float azimuth, float elevation, float blur) {
  vec3 d = vec3(sin(azimuth), cos(azimuth), 0.0);
  if (elevation > 0.16 + 2.0 * blur) return vec4(0.0);
  vec3 air = horizon_at(d), above = sky_at(vec3(0.0, 0.0, 1.0), 6.0);
  vec4 sum = vec4(0.0);
  for (int k = 0; k < 3; k++) {
    float high, dark;
    if (k == 0) {        // the farthest: low islands out at sea
      float west = span(azimuth, -47.0, 24.0, 22.0), east = span(azimuth, 58.0, 22.0, 20.0);
      if (west + east <= 0.0) continue;
      high = (0.034 * west + 0.022 * east) * crest(azimuth, 5.5, west > 0.0 ? 0.13 : 0.57);
      dark = 0.52;
    } else if (k == 1) { // headlands to both sides
      float sides = 0.075 * span(azimuth, -112.0, 52.0, 34.0) + 0.066 * span(azimuth, 121.0, 48.0, 36.0);
      if (sides <= 0.0) continue;
      high = sides * crest(azimuth, 4.0, 0.31);
      dark = 0.68;
    } else {             // the shore behind, with its trees
      float behind = span(azimuth, 182.0, 76.0, 40.0);
      if (behind <= 0.0) continue;
      float trees = texture(u_noise, vec2(azimuth * 4.7746, 0.37)).g * 0.5 + texture(u_noise, vec2(azimuth * 11.14, 0.71)).b * 0.35 + texture(u_noise, vec2(azimuth * 27.0, 0.17)).a * 0.15;
      high = behind * (0.024 + 0.062 * crest(azimuth, 2.0, 0.77) + 0.011 * trees);
      dark = 0.80;
    }
    if (high < 0.0005) continue;
    float edge = max(blur * 1.2, 0.0006);
    float cover = (1.0 - smoothstep(high - edge, high + edge, elevation)) * smoothstep(0.0, 0.004, high);
    // Evening haze lies at the foot of the land.
    vec3 body = mix(air, air * vec3(0.16, 0.20, 0.30) + above * vec3(0.10, 0.12, 0.16), dark);
    body = mix(body, air, (0.70 - 0.50 * dark) * exp(-max(elevation, 0.0) * 110.0));
    sum.rgb = mix(sum.rgb, body, cover);
    sum.a = mix(sum.a, 1.0, cover);
  }
  // A few lit windows on the shore behind: someone is home.
  for (int i = 0; i < 5; i++) {
    vec2 at = vec2(radians(171.0 + 3.1 * float(i) + 2.2 * sin(float(i) * 7.3)), 0.0085 + 0.006 * (0.5 + 0.5 * sin(float(i) * 4.1)));
    float size = max(0.0011, 1.1 * blur);
    vec2 off = vec2(mod(azimuth - at.x + PI, 2.0 * PI) - PI, elevation - at.y);
    float spark = exp(-dot(off, off) / (size * size)) * pow(0.0011 / size, 2.0) + 0.030 * exp(-dot(off, off) / 0.00012);
    sum.rgb += u_lamp_light[1].rgb * spark * 0.16 * sum.a;
  }
  return sum;
}
