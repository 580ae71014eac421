// Loaded before anything else, and plain JavaScript: an older Node must get as far as this sentence.
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Inlay needs Node 22.18 or newer; this is ${process.versions.node}. Run it through npm ("npm start"), which brings its own.\n`,
  );
  process.exit(1);
}
module.enableCompileCache?.();
