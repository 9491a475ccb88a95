// Style sheets are imported for the bundler; they give nothing to the code.
declare module "*.css";
