// For ./ort on arm64 under qemu: ONNX Runtime 1.20.1, which is the library there, has not the interface that newer bindings ask for.
module github.com/ganlet/ganlet/internal/peer

go 1.24.0

require github.com/yalue/onnxruntime_go v1.13.0
