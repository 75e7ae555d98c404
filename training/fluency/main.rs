//! The command line of the training.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    rollgrade::fluency::training::run(&std::env::args().skip(1).collect::<Vec<_>>())
}
