package main

import "strings"

// This file is what is known to differ.

// difference is a known one, of an operator's nodes that have something in their description, and results that say something.
type difference struct{ op, node, says, why string }

// known is where infer and ONNX Runtime differ on purpose.
var known = []difference{
	{"AffineGrid", "align_corners=1", "", "a side of 1 with align_corners: its only place is 0, as in PyTorch, not -1"},
	{"Arg*", "", "shape", "keepdims that are neither 0 nor 1 are true; ONNX Runtime keeps a dimension of an empty tensor that is reduced"},
	{"Attention", "", "NaN", "a row that is masked as a whole gives 0, not 0/0"},
	{"AveragePool", "auto_pad=SAME", "", "ONNX Runtime ignores dilations in auto_pad"},
	{"AveragePool", "ceil_mode=", "shape", "a ceil_mode that is neither 0 nor 1 is true"},
	{"BatchNormalization", "training_mode=", "", "a training_mode that is neither 0 nor 1 is true"},
	{"BlackmanWindow", "periodic=0", "", "a window of 1 is 1"},
	{"Cast", "", "", "what a type cannot hold is the nearest that it can, and NaN is 0; ONNX Runtime casts as C does"},
	{"CastLike", "saturate=", "", "saturate counts for float8 only"},
	{"Celu", "alpha=0", "NaN", "an alpha of 0 gives 0, not 0/0"},
	{"ConvTranspose", "auto_pad=SAME", "shape", "a window shorter than its stride: sides are the input's times the stride, as ONNX says"},
	{"DFT", "onesided=1", "", "the inverse: what the half of a spectrum leaves out is its mirror, as in numpy's irfft; ONNX Runtime takes it for 0"},
	{"GlobalLpPool", "p=", "", "powers beyond float32 are finite here"},
	{"HammingWindow", "periodic=0", "", "a window of 1 is 1"},
	{"HannWindow", "periodic=0", "", "a window of 1 is 1"},
	{"InstanceNormalization", "", "", "planes of equal numbers: ONNX Runtime loses digits where the mean is far above the deviation"},
	{"LRN", "bias=0", "", "ONNX Runtime's power is less exact"},
	{"Loop", "", "", "an iteration's number as a result: ONNX Runtime changes the tensor that it handed out"},
	{"LpNormalization", "", "", "squares beyond float32 are finite here"},
	{"LpPool", "auto_pad=SAME", "", "ONNX Runtime ignores dilations in auto_pad"},
	{"LpPool", "ceil_mode=", "shape", "a ceil_mode that is neither 0 nor 1 is true"},
	{"LpPool", "p=", "", "powers beyond float32 are finite here"},
	{"MaxPool", "auto_pad=SAME", "", "ONNX Runtime ignores dilations in auto_pad"},
	{"MeanVarianceNormalization", "", "", "epsilon is added to the deviation, so that equal numbers give 0, not 0/0"},
	{"NonMaxSuppression", "", "shape", "which boxes overlap may depend on the last bit, or on NaN"},
	{"NonZero", "", "shape", "a scalar has no axes to say a place by; ONNX Runtime takes it for a list of one"},
	{"Pad", "mode=wrap", "", "beside a negative pad, or by more than a side: ONNX Runtime reads beyond its input"},
	{"Pow", "int", "", "integers run over; ONNX Runtime computes in float64 and casts as C does"},
	{"RMSNormalization", "", "", "squares beyond float32 are finite here"},
	{"ReduceLogSum", "int", "", "integers: a logarithm below 0 is rounded to 0; ONNX Runtime casts as C does"},
	{"ReduceLogSumExp", "int", "", "integers: the logarithm is rounded to 0, its sum is no integer"},
	{"ReduceMean", "int", "", "a sum of integers runs over"},
	{"Reduce*", "", "shape", "ONNX Runtime keeps a dimension of an empty tensor that is reduced"},
	{"Resize", "tf_crop_and_resize", "", "a region counts on axes whose scale is 1, too"},
	{"Resize", "opset 10", "", "nearest rounds down; ONNX Runtime rounds up where it shrinks, in this version only"},
	{"STFT", "", "", "ONNX Runtime takes a complex signal for a real one"},
	{"SimplifiedLayerNormalization", "", "", "squares beyond float32 are finite here"},
	{"Scan", "", "", "an input as a result: ONNX Runtime frees the tensor that it handed out"},
	{"Slice", "", "shape", "ONNX Runtime takes the largest int32 for the end of a backward slice"},
	{"Squeeze", "", "shape", "an empty list of axes names none; ONNX Runtime takes it for all"},
	{"TopK", "largest=", "", "largest that is neither 0 nor 1 is true"},
	{"TopK", "sorted=", "", "the order is open"},
	{"Unique", "sorted=", "", "sorted that is neither 0 nor 1 is true"},
	{"ai.onnx.ml.Normalizer", "", "NaN", "a row of zeros stays"},
	{"com.microsoft.Pad", "mode=wrap", "", "beside a negative pad, or by more than a side: ONNX Runtime reads beyond its input"},
	{"com.microsoft.SkipSimplifiedLayerNormalization", "", "", "squares beyond float32 are finite here"},
	{"com.microsoft.QLinearAveragePool", "", "", "halves are rounded after the zero point is taken off, not before"},
	{"com.microsoft.QLinearGlobalAveragePool", "", "", "halves are rounded after the zero point is taken off, not before"},
}

// lookup returns the row for a difference, nil if there is none. Its operators may be several, those of a function or subgraph.
func lookup(r *result) *difference {
	for _, op := range strings.Fields(r.Op) {
		for i := range known {
			d := &known[i]
			start, family := strings.CutSuffix(d.op, "*")
			if (op == d.op || family && strings.HasPrefix(op, start)) && strings.Contains(r.Node, d.node) && strings.Contains(r.Says, d.says) {
				return d
			}
		}
	}
	return nil
}
