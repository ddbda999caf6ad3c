module github.com/ganlet/ganlet/internal/peer

go 1.24.0

require (
	github.com/ganlet/ganlet v0.0.0-00010101000000-000000000000
	github.com/yalue/onnxruntime_go v1.27.0
)

require (
	golang.org/x/sys v0.35.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace github.com/ganlet/ganlet => ../..
