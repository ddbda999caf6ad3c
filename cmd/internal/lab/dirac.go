package lab

import (
	"math"

	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/gan"
)

// This file is the smallest GAN there is (DiracGAN: Mescheder, Geiger and Nowozin,
// "Which Training Methods for GANs do actually Converge?", 2018, section 2): the
// data is the point 0, the generator makes the point theta, and the discriminator
// gives x the logit psi x. With the Wasserstein loss it is the bilinear game, whose
// equilibrium is (0, 0).

// state is both players of it.
type state struct{ theta, psi float64 }

// direction is where gradient descent on the losses -psi theta and psi theta, and
// on R1 of a gamma, moves both players at once.
func (s state) direction(gamma float64) state {
	return state{s.psi, -s.theta - gamma*s.psi}
}

func (s state) distance() float64 { return math.Hypot(s.theta, s.psi) }

// A duel is the way of both players.
type duel struct {
	way, mean []state // where the players were, and the mean of that so far
	log       []verdict.Line
}

// play begins at (1, 0) and does so many simultaneous steps of a size.
func play(steps int, size, gamma float64) (d duel) {
	s := state{theta: 1}
	mean := s
	for i := range steps {
		d.way, d.mean = append(d.way, s), append(d.mean, mean)
		logit := s.psi * s.theta
		v := s.direction(gamma)
		d.log = append(d.log, verdict.Line{Stats: gan.Stats{
			Step: i + 1, Real: 0.5, Fake: sigmoid(logit), LossD: logit + gamma/2*s.psi*s.psi, LossG: -logit,
			GradD: math.Abs(v.psi), GradG: math.Abs(v.theta),
		}})
		s.theta, s.psi = s.theta+size*v.theta, s.psi+size*v.psi
		n := float64(i + 2)
		mean.theta, mean.psi = mean.theta+(s.theta-mean.theta)/n, mean.psi+(s.psi-mean.psi)/n
	}
	return d
}
