export { LoginDialog } from './dialog';
export { remember, remembered } from './remembered';
