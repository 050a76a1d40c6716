// SPDX-License-Identifier: BSL-1.0
/// A network within a kernel of your own: each particle asks a net of 32-64-64-8 numbers what force acts on it, in the middle of its step.
#include <cmath>
#include <cstdio>

#include <strata/cuda.cuh>

namespace st = strata;

using Net = st::Sequential<st::Dense<64>, st::Tanh, st::Dense<64>, st::Silu, st::Dense<8>>;
using Force = st::Model<Net, st::Shape<32>, st::Cuda>;
using View = decltype(std::declval<const Force&>().device_view());

constexpr int particles = 200, steps = 3;

struct Particle {
    float position[3], velocity[3];
};

/// What the net is told of a particle: where it is, how it moves, and waves of its place.
__host__ __device__ View::Input seen(const Particle& p) {
    View::Input x;
    for (int i = 0; i < 3; ++i) x[i] = p.position[i], x[3 + i] = p.velocity[i];
    for (int i = 6; i < 32; ++i) x[i] = sinf(static_cast<float>(i) * 0.3f * p.position[i % 3]);
    return x;
}
/// One step by the first three of the net's eight numbers.
__host__ __device__ void move(Particle& p, const float* force) {
    for (int i = 0; i < 3; ++i) {
        p.velocity[i] += 0.01f * force[i];
        p.position[i] += 0.01f * p.velocity[i];
    }
}

__global__ void simulate(Particle* particle, View net) {
    __shared__ alignas(16) float weights[View::block];  // 27 KB: a copy that the block shares
    const View near = net.shared(weights);
    const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= particles) return;
    Particle p = particle[i];
    for (int step = 0; step < steps; ++step) move(p, near(seen(p)).at);
    particle[i] = p;
}

int main() try {
    st::Buffer<Particle> here(particles);
    for (int i = 0; i < particles; ++i)
        for (int k = 0; k < 3; ++k) here[i].position[k] = std::sin(static_cast<float>(3 * i + k)), here[i].velocity[k] = std::cos(static_cast<float>(i - k));

    Force force{st::Seed{5}};
    st::cuda::Memory<Particle> there(here);
    simulate<<<(particles + 63) / 64, 64>>>(there.data(), force.device_view());
    st::cuda::check(cudaGetLastError(), "simulate");
    const st::Buffer<Particle> moved = there.to_host();

    // The host's model of the same numbers, through the same call.
    const st::Model<Net, st::Shape<32>> host_force(force);
    const auto net = host_force.device_view();
    double apart = 0;
    for (int i = 0; i < particles; ++i) {
        for (int step = 0; step < steps; ++step) move(here[i], net(seen(here[i])).at);
        for (int k = 0; k < 3; ++k) apart = std::fmax(apart, std::fabs(here[i].position[k] - moved[i].position[k]));
    }
    std::printf("particle 0 is at %.5f %.5f %.5f; host and device are %.1e apart\n", moved[0].position[0], moved[0].position[1], moved[0].position[2], apart);
    return apart < 1e-5 ? 0 : 1;
} catch (const st::DeviceError& e) {
    std::printf("%s\n", e.what());
    return 1;
}
