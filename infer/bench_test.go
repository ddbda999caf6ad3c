package infer

import "testing"

// BenchmarkGenerate draws from the networks of the yardsticks, batch 1.
func BenchmarkGenerate(b *testing.B) {
	mlp := newSketch(-1, 100)
	x := mlp.act("LeakyRelu", mlp.gemm("z", 100, 256))
	x = mlp.act("LeakyRelu", mlp.gemm(x, 256, 512))
	x = mlp.act("LeakyRelu", mlp.gemm(x, 512, 1024))
	mlp.outputs(mlp.act("Tanh", mlp.gemm(x, 1024, 784)))

	dcgan := newSketch(-1, 100, 1, 1)
	x = dcgan.act("Relu", dcgan.norm(dcgan.up("z", 100, 128, 7, 1, 0), 128))
	x = dcgan.act("Relu", dcgan.norm(dcgan.up(x, 128, 64, 4, 2, 1), 64))
	dcgan.outputs(dcgan.act("Tanh", dcgan.up(x, 64, 1, 4, 2, 1)))

	for name, s := range map[string]*sketch{"mlp": mlp, "dcgan28": dcgan} {
		b.Run(name, func(b *testing.B) {
			m := load(b, &s.Model)
			session := mustSession(b, m, 1)
			z := latents(m, 1).Data.([]float32)
			dst := make([]float32, m.outputs[0].Len())
			for b.Loop() {
				if err := session.Generate(dst, z); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
