module.exports = {
  extends: [
    'stylelint-config-recommended',
    'stylelint-config-standard',
    'stylelint-prettier/recommended'
  ],
  plugins: ['stylelint-csstree-validator'],
  rules: {
    'csstree/validator': true,
    'alpha-value-notation': null,
    'color-function-notation': null,
    'no-descending-specificity': null,
    'property-no-vendor-prefix': null,
    // JupyterLab's own: jp-Widget-part, mod-state, and ours: tomo-Part-element.
    'selector-class-pattern':
      '^(jp|lm|tomo|rjsf)-[A-Za-z0-9]+(-[A-Za-z0-9]+)*$|^(jp|lm)-[A-Za-z-]+$|^[a-z][a-zA-Z0-9-]*$',
    'selector-id-pattern': null
  }
};
