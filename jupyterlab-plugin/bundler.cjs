/*
 * What JupyterLab's builder adds to its settings for us: to look three times for what can be written shorter, each time at what the
 * time before made of it. Once is usual.
 */
const { rspack } = require(
  require.resolve('@rspack/core', { paths: [require.resolve('@jupyter/builder/package.json')] }),
);

module.exports = {
  optimization: {
    minimizer: [new rspack.SwcJsMinimizerRspackPlugin({ minimizerOptions: { compress: { passes: 3 }, mangle: true } })],
  },
};
