// Weathered wood, lantern paper, glazed clay, rope.
#include "world.glsl"
#include "lighting.glsl"
in vec3 world, normal;
in vec4 tint, extra;
out vec4 colour;
uniform mat4 p3d_ViewMatrixInverse;
void main() {
  vec3 n = normalize(normal), view = normalize(p3d_ViewMatrixInverse[3].xyz - world);
  float kind = extra.x, seed = extra.y, along = extra.z, across = extra.w;
  vec3 base = tint.rgb;
  float open = tint.a, rough = 0.34;
  vec3 c;
  if (kind < 0.5) {
    // Grain: long fibres, a few darker rings, pale wear where feet and weather went.
    vec2 g = vec2(along * 0.35 + seed * 0.173, across * 7.0 + seed * 0.61);
    float rings = texture(u_noise, g * vec2(0.6, 0.30)).r, fibre = texture(u_noise, g * vec2(1.1, 3.1)).g, fine = texture(u_noise, g * vec2(3.0, 9.0)).b;
    float wear = texture(u_noise, vec2(along * 0.23 + seed, across * 0.6 + seed * 0.3)).a;
    base *= 0.62 + 0.34 * rings + 0.22 * fibre + 0.14 * fine;
    base = mix(base, vec3(luminance(base)) * vec3(1.22, 1.14, 1.04), 0.22 + 0.35 * wear);
    rough = 0.26 + 0.16 * fibre;
    vec3 side = normalize(cross(n, vec3(0.31, 0.95, 0.05)));
    n = normalize(n + side * (fibre + fine - 1.0) * 0.09);
    c = base * (skylight(n, open) + sunlight(n) * open + lamplight(world, n)) + sheen(world, n, view, rough, open) * 0.8;
  } else if (kind < 1.5) {
    // Paper lit from within: brightest before the flame, ribs a little darker.
    float from = length(world - u_lamp[1].xyz);
    float ribs = 0.86 + 0.14 * smoothstep(0.15, 0.5, abs(fract((world.z - u_lamp[1].z) * 46.0) - 0.5));
    float fibre = 0.88 + 0.24 * texture(u_noise, world.xz * 5.0 + world.y).g;
    float face = 0.35 + 0.65 * pow(max(dot(n, view), 0.0), 0.8);
    float heart = exp(-pow(from / 0.088, 2.0));
    c = base * u_lamp_light[1].rgb * (0.026 + 0.215 * heart) * ribs * fibre * face + base * skylight(n, 1.0) * 0.30;
  } else if (kind < 2.5) {
    float craze = texture(u_noise, vec2(atan(n.x, n.y) * 0.4, world.z * 6.0)).r;
    c = base * (0.88 + 0.2 * craze) * (skylight(n, mix(1.0, 0.55, seed)) + sunlight(n) + lamplight(world, n)) + sheen(world, n, view, 0.10, 1.0) * 1.5;
  } else if (kind < 3.5) {
    c = base * (skylight(n, 0.8) + lamplight(world, n)) + sheen(world, vec3(0.0, 0.0, 1.0), view, 0.02, 1.0) * 1.4;
  } else if (kind > 4.5) {
    c = base * u_lamp_light[1].rgb * 0.19 * (0.45 + 0.55 * max(dot(n, view), 0.0));
  } else {
    float twist = 0.5 + 0.5 * sin(along * 210.0 + across * 160.0);
    c = base * (0.55 + 0.5 * twist) * (skylight(n, open) + sunlight(n) + lamplight(world, n));
  }
  colour = vec4(c, 1.0);
}
