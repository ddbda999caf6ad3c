// Command empty does nothing. What size/infer is larger than it is what infer adds to a program.
package main

func main() {}
